// Tests run as compiled JavaScript: what is tested is what runs.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist'],
  transform: {},
  testTimeout: 60_000,
  // Many suites wait for processes of their own most of the time; on two cores jest would run them one after another.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
}
