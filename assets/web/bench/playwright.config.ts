import { defineConfig } from '@playwright/test'
import tests from '../playwright.config'

/** What is measured is measured in the browser of the tests, with the program that people use. */
export default defineConfig(tests, {
  testDir: '.',
  testMatch: '*.bench.ts',
  globalSetup: '../e2e/demo.ts',
  timeout: 1_800_000,
  expect: { timeout: 120_000 },
  use: { actionTimeout: 120_000 }, // how long it takes is told, never a failure
  reporter: 'line',
})
