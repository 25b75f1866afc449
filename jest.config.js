// Tests run as compiled JavaScript: what is tested is what runs.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  transform: {},
  testTimeout: 60_000,
}
