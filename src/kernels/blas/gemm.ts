/**
 * The routine of a BLAS, the standard library of matrix products, on which its kernels run.
 *
 * @module
 */

/** The general matrix product in float64, on row-major matrices, and memory for it. */
export interface Gemm {
  /**
   * Computes `C = alpha op(A) op(B) + beta C` (`cblas_dgemm`), where op transposes or does not.
   *
   * @param shape m, n and k: op(A) is `[m, k]`, op(B) is `[k, n]`, C is `[m, n]`
   * @param a the left factor, from its first element on
   * @param b the right factor, likewise
   * @param c the result, likewise; it is not read if beta is 0
   */
  run(shape: GemmShape, a: Float64Array, b: Float64Array, c: Float64Array): void;
  /**
   * Computes `y = alpha op(A) x + beta y` (`cblas_dgemv`), the same with one column for B and C.
   *
   * @param shape m, k, transA, lda, alpha and beta as of a matrix product; the number of elements
   * from one of x to the next is `ldb`, and from one of y to the next `ldc`
   * @param a the matrix, from its first element on
   * @param x the vector, likewise
   * @param y the result, likewise; it is not read if beta is 0
   */
  vector(
    shape: Omit<GemmShape, "n" | "transB">,
    a: Float64Array,
    x: Float64Array,
    y: Float64Array,
  ): void;
  /**
   * Computes the lower triangle of `C = A^T A + beta C` (`cblas_dsyrk`); the rest of C stays.
   *
   * @param shape A is `[k, n]` and C `[n, n]`, both without gaps between their rows
   * @param a the matrix, from its first element on
   * @param c the result, likewise; it is not read if beta is 0
   */
  square(
    shape: { readonly n: number; readonly k: number; readonly beta: number },
    a: Float64Array,
    c: Float64Array,
  ): void;
  /**
   * Returns memory for intermediate values, which the next call with the same slot returns again.
   *
   * @param slot a small whole number from 0
   * @param length the number of elements that are needed
   */
  scratch(slot: number, length: number): Float64Array;
}

/** The sizes of {@linkcode Gemm.run}. */
export interface GemmShape {
  /** The number of rows of op(A) and C. */
  readonly m: number;
  /** The number of columns of op(B) and C. */
  readonly n: number;
  /** The number of columns of op(A) and rows of op(B). */
  readonly k: number;
  /** Whether A is stored transposed, `[k, m]`. */
  readonly transA: boolean;
  /** Whether B is stored transposed, `[n, k]`. */
  readonly transB: boolean;
  /** The number of elements from one stored row of A to the next. */
  readonly lda: number;
  /** Likewise of B. */
  readonly ldb: number;
  /** Likewise of C. */
  readonly ldc: number;
  /** The factor of the product. */
  readonly alpha: number;
  /** The factor of the previous C. */
  readonly beta: number;
}
