/**
 * Opening a BLAS through the foreign-function interface of Deno. Other runtimes have none.
 *
 * @module
 */

import type { Blas } from "../../device/blas.ts";
import { FORMS } from "./forms.ts";
import type { Gemm, GemmShape } from "./gemm.ts";

/** Where a BLAS with the C interface usually is, the fastest first. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libmkl_rt.so.2", "libblas.so.3"],
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
  windows: ["libopenblas.dll", "mkl_rt.2.dll"],
};

/** The constants of the C interface. */
const ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112, LOWER = 122;

/** What is called; matrices and vectors are pointers. */
const SYMBOLS = {
  cblas_dgemm: {
    parameters: [
      ...["i32", "i32", "i32", "i32", "i32", "i32"],
      ...["f64", "buffer", "i32", "buffer", "i32", "f64", "buffer", "i32"],
    ],
    result: "void",
  },
  cblas_dgemv: {
    parameters: [
      ...["i32", "i32", "i32", "i32"],
      ...["f64", "buffer", "i32", "buffer", "i32", "f64", "buffer", "i32"],
    ],
    result: "void",
  },
  cblas_dsyrk: {
    parameters: [
      ...["i32", "i32", "i32", "i32", "i32"],
      ...["f64", "buffer", "i32", "f64", "buffer", "i32"],
    ],
    result: "void",
  },
};

/** A routine, with the arguments of the C interface. */
type Routine = (...args: (number | Float64Array)[]) => void;

/** The part of Deno that is used; the types of browsers do not have it. */
interface ForeignFunctions {
  readonly build: { readonly os: string };
  readonly env: { get(name: string): string | undefined };
  readonly permissions: { querySync(permission: object): { readonly state: string } };
  dlopen(path: string, symbols: object): {
    readonly symbols: Readonly<Record<keyof typeof SYMBOLS, Routine>>;
  };
}

let opened: { readonly blas: Blas | undefined } | undefined;

/**
 * Finds a BLAS: the library that the environment variable `CREEL_BLAS` names, or else the first of
 * OpenBLAS, MKL, Accelerate and the reference BLAS that the system has. `CREEL_BLAS=none`
 * forbids all. Nothing is opened, and nothing asked, without the permissions for foreign functions.
 *
 * @returns the library, or undefined if there is none
 */
export function findBlas(): Blas | undefined {
  return (opened ??= { blas: search() }).blas;
}

function search(): Blas | undefined {
  const { Deno: deno } = globalThis as unknown as { Deno?: ForeignFunctions };
  if (deno === undefined) return undefined;
  const granted = (permission: object) => {
    try {
      return deno.permissions.querySync(permission).state === "granted";
    } catch {
      return false;
    }
  };
  const named = granted({ name: "env", variable: "CREEL_BLAS" }) && deno.env.get("CREEL_BLAS");
  if (named === "none") return undefined;
  for (const path of named ? [named] : LIBRARIES[deno.build.os] ?? []) {
    if (!granted({ name: "ffi", path })) continue;
    try {
      const gemm = gemmOf(deno, path);
      if (computes(gemm)) return blasOf(path.slice(path.lastIndexOf("/") + 1), gemm);
    } catch {
      // It is not there, or has no C interface.
    }
  }
  return undefined;
}

/**
 * Makes a BLAS of its matrix product.
 *
 * @param name the name of the library
 * @param gemm the matrix product
 */
export function blasOf(name: string, gemm: Gemm): Blas {
  return {
    name,
    run(kernel, tensors, params, constants) {
      return Object.hasOwn(FORMS, kernel) && FORMS[kernel]!(gemm, tensors, params, constants);
    },
  };
}

function gemmOf(deno: ForeignFunctions, path: string): Gemm {
  const { cblas_dgemm, cblas_dgemv, cblas_dsyrk } = deno.dlopen(path, SYMBOLS).symbols;
  const memory: Float64Array[] = [];
  return {
    run({ m, n, k, transA, transB, lda, ldb, ldc, alpha, beta }: GemmShape, a, b, c) {
      const [left, right] = [transA, transB].map((trans) => trans ? TRANSPOSED : PLAIN);
      cblas_dgemm(ROW_MAJOR, left!, right!, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    },
    vector({ m, k, transA, lda, ldb, ldc, alpha, beta }, a, x, y) {
      // The rows and columns are those of the matrix as it is stored.
      const [trans, rows, columns] = transA ? [TRANSPOSED, k, m] : [PLAIN, m, k];
      cblas_dgemv(ROW_MAJOR, trans, rows, columns, alpha, a, lda, x, ldb, beta, y, ldc);
    },
    square({ n, k, beta }, a, c) {
      cblas_dsyrk(ROW_MAJOR, LOWER, TRANSPOSED, n, k, 1, a, n, beta, c, n);
    },
    scratch(slot, length) {
      const kept = memory[slot];
      if (kept && kept.length >= length) return kept.subarray(0, length);
      return memory[slot] = new Float64Array(length);
    },
  };
}

/** Whether a library computes a product right: one with 64-bit integers would not. */
function computes(gemm: Gemm): boolean {
  const c = Float64Array.of(100, NaN, 200, NaN);
  const sizes = { m: 2, n: 1, k: 3, lda: 3, ldb: 1, ldc: 2, alpha: 2, beta: 1 };
  const [a, b] = [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(1, 10, 100)];
  gemm.run({ ...sizes, transA: false, transB: false }, a, b, c);
  return c[0] === 742 && c[2] === 1508;
}
