/** Version of this service, as in package.json; a test keeps them equal. */
export const NODE_VERSION = '0.1.0'
