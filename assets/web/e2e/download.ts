import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect } from './test'

/** What was downloaded: the name that it got, and where it is. */
export interface Downloaded {
  name: string
  path: string
}

/**
 * Presses the button that downloads a PDF. The server's answer is held back until the button says that it fetches, and
 * what arrives is a whole PDF.
 */
export async function downloadPDF(page: Page, button: string, address: string, waiting: string): Promise<Downloaded> {
  let letGo = () => {}
  const seen = new Promise<void>((resolve) => (letGo = resolve))
  await page.route(address, async (route) => {
    await seen
    await route.continue()
  })
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: button }).click()
  await expect(page.getByRole('button', { name: waiting })).toHaveAttribute('aria-disabled', 'true')
  letGo()
  const download = await downloading
  await expect(page.getByRole('button', { name: button })).toHaveAttribute('aria-disabled', 'false')
  await page.unroute(address)
  const path = await download.path()
  expect(readFileSync(path, 'latin1').slice(0, 5)).toBe('%PDF-')
  execFileSync('qpdf', ['--check', path])
  return { name: download.suggestedFilename(), path }
}
