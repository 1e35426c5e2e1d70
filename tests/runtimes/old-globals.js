/**
 * Takes away what runtimes have only since 2024, before the library is loaded: what is left is about
 * Safari 17 or Node 20. The well-known symbols cannot be deleted; so `Symbol` itself is replaced.
 */

const NativeSymbol = globalThis.Symbol;
const OldSymbol = function Symbol(description) {
  return NativeSymbol(description);
};
for (const name of Object.getOwnPropertyNames(NativeSymbol)) {
  if (["dispose", "asyncDispose", "length", "name", "prototype"].includes(name)) continue;
  Object.defineProperty(OldSymbol, name, Object.getOwnPropertyDescriptor(NativeSymbol, name));
}
OldSymbol.prototype = NativeSymbol.prototype;
globalThis.Symbol = OldSymbol;

/** Deletes names of an object that may not be there, nor the object. */
function remove(object, ...names) {
  for (const name of names) if (object) Reflect.deleteProperty(object, name);
}

remove(globalThis, "DisposableStack", "AsyncDisposableStack", "SuppressedError", "Float16Array");
remove(Math, "f16round", "sumPrecise");
remove(DataView.prototype, "getFloat16", "setFloat16");
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
remove(iterator, "map", "filter", "take", "drop", "flatMap", "reduce", "toArray");
remove(iterator, "forEach", "some", "every", "find");
remove(globalThis, "Iterator");
remove(Map, "groupBy");
remove(Map.prototype, "getOrInsert", "getOrInsertComputed");
remove(WeakMap.prototype, "getOrInsert", "getOrInsertComputed");
remove(Object, "groupBy");
remove(Promise, "withResolvers", "try");
remove(Array, "fromAsync");
remove(Set.prototype, "union", "intersection", "difference", "symmetricDifference");
remove(Set.prototype, "isSubsetOf", "isSupersetOf", "isDisjointFrom");
remove(Uint8Array, "fromBase64", "fromHex");
remove(Uint8Array.prototype, "toBase64", "toHex", "setFromBase64", "setFromHex");
remove(ArrayBuffer.prototype, "transfer", "transferToFixedLength");
remove(RegExp, "escape");
remove(Error, "isError");
remove(AbortSignal, "any");
remove(globalThis.Response?.prototype, "bytes");
remove(globalThis.Blob?.prototype, "bytes");
remove(globalThis.ReadableStream?.prototype, "values", NativeSymbol.asyncIterator);
remove(globalThis.ReadableStream, "from");
