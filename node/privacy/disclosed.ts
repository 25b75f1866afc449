declare const disclosed: unique symbol

/** A value that disclosure control has passed: the only thing an answer can be built from. Made only in `privacy/`. */
export type Disclosed<T> = T & { readonly [disclosed]: true }
