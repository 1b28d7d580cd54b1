import { defineConfig } from '@playwright/test'

const root = process.getuid?.() === 0

/** The built program is used as people use it: by a phone's browser, with an own data folder for each test. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/demo.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 30_000 }, // machines that test are busy; whatever is waited for comes at once on a quiet one
  use: {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    locale: 'en-GB',
    timezoneId: 'Europe/Warsaw',
    actionTimeout: 30_000,
    permissions: ['geolocation'],
    geolocation: { latitude: 52.2297, longitude: 21.0122, accuracy: 12 },
    launchOptions: {
      executablePath: process.env.FIELDCARE_CHROMIUM || '/usr/bin/chromium',
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        '--no-first-run',
        ...(root ? ['--no-sandbox'] : []),
      ],
    },
  },
})
