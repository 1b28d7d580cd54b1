import type { Locator, Page } from '@playwright/test'
import type { PlannedVisit } from './office'
import { expect } from './test'

const sentence = 'The barista looked up at once, smiled, and asked what I would like; the cup stood before me soon after.'

/** Opens a visit from the list. */
export async function openVisit(page: Page, visit: PlannedVisit) {
  await page.goto('/visits')
  await page.locator(`a[href="/visits/${visit.id}"]`).click()
  await expect(page.getByRole('heading', { name: visit.branch, level: 1 })).toBeVisible()
}

/**
 * Answers the questions of the part that is open, each by what it is asked with; those too that answers bring along, and
 * those that come when one is near them.
 */
export async function fillPart(page: Page) {
  const questions = page.locator('fieldset')
  const whole = async () => (await page.locator('fieldset ~ div').count()) === 0
  for (let i = 0; ; i++) {
    await expect.poll(async () => (await whole()) || (await questions.count()) > i).toBe(true)
    if (i === (await questions.count())) return
    await answer(questions.nth(i))
    await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)))) // what hangs on it is there then
  }
}

/** The shopper looks at the phone again, upon which it tries to send at once. */
export const lookAgain = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

/** Goes through every part, and stops at the summary. */
export async function fillEverything(page: Page) {
  const summary = page.getByRole('heading', { name: 'Summary' })
  for (;;) {
    await expect(page.locator('fieldset').first().or(summary)).toBeVisible()
    if (await summary.isVisible()) return
    const before = page.url()
    await fillPart(page)
    await page.getByRole('link', { name: /^(Next|To the summary)$/ }).click()
    await expect(page).not.toHaveURL(before)
  }
}

async function answer(question: Locator) {
  const scale = question.locator('.steps label')
  const radio = question.getByRole('radio')
  const checkbox = question.getByRole('checkbox')
  const minutes = question.getByLabel('Minutes')
  const position = question.getByRole('button', { name: 'Use my position' })
  const gallery = question.getByLabel('From the gallery')
  const amount = question.getByLabel(/^Amount/)
  const written = question.locator('textarea, input')
  if ((await scale.count()) > 0) {
    await scale.filter({ hasText: '4' }).click()
    await expect(radio.nth(await indexOf(scale, '4'))).toBeChecked()
  } else if ((await radio.count()) > 0) await radio.first().check()
  else if ((await checkbox.count()) > 0) await checkbox.first().check()
  else if ((await minutes.count()) > 0) await fillDuration(question)
  else if ((await position.count()) > 0) {
    await position.click()
    await expect(question.getByText('within 12 m')).toBeVisible()
  } else if ((await gallery.count()) > 0) {
    if ((await amount.count()) > 0) await amount.fill('4.20')
    await addPhoto(question)
  } else if ((await written.count()) > 0) await write(written)
}

const indexOf = async (all: Locator, text: string) => (await all.allTextContents()).findIndex((one) => one.trim() === text)

async function fillDuration(question: Locator) {
  const taps = question.getByRole('button', { name: 'Use it' })
  if (await taps.isVisible()) {
    await taps.click()
    await expect(taps).toBeHidden()
    return
  }
  await question.getByLabel('Minutes').fill('1')
  await question.getByLabel('Seconds').fill('20')
}

async function write(field: Locator) {
  const asked = (await field.getAttribute('type')) ?? 'text'
  const number = (await field.getAttribute('inputmode')) !== null
  await field.fill(number ? '3' : asked === 'date' ? '2026-01-31' : asked === 'time' ? '10:15' : sentence)
}

/** Chooses a picture from a file, as from the phone's gallery. */
export async function addPhoto(question: Locator) {
  const photos = question.getByRole('img')
  const before = await photos.count()
  const buffer = await question.screenshot({ type: 'jpeg' }) // a picture that no other question has
  await question.getByLabel('From the gallery').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer })
  await expect(photos).toHaveCount(before + 1)
}

/** Says on the summary that the visit began a moment ago, and sends. */
export async function send(page: Page) {
  const began = page.getByLabel('When did the visit begin?')
  if ((await began.inputValue()) === '') await began.fill(wallTimeInWarsaw(Date.now()))
  await expect(page.getByText('Everything that is needed is answered.')).toBeVisible()
  await page.getByRole('button', { name: 'Send the evaluation' }).click()
}

/** The minute that the demo's branches have at a time, as an input of date and time takes it. */
export function wallTimeInWarsaw(at: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Warsaw', dateStyle: 'short', timeStyle: 'short' })
  return format.format(at).replace(' ', 'T')
}
