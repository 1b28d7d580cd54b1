import type { Page } from '@playwright/test'
import type { Answer } from '../src/checklist/answer'
import { asSent, standing } from '../src/checklist/rules'
import { Chance } from './chance'
import { entryFor, everything, questionsIn } from './everything'
import { looks, onPhone, seen, type Seen } from './memory'
import { interruptions, Phone, type Interruption } from './interruption'
import { test } from './proxy'
import { lookAgain, openVisit, send } from './shopper'
import { appIsKept, checklistIsKept, expect, signIn } from './test'

const seed = Number(process.env.FIELDCARE_SEED ?? 1)
const many = 100
const whileSending = 12

test(`nothing is lost in ${many} interruptions (FIELDCARE_SEED=${seed})`, async ({ page, context, program, office, way, troubles }) => {
  test.slow() // half a minute on a machine that has nothing else to do
  const chance = new Chance(seed)
  const visit = await office.offer('Look at everything.', await office.publish(everything))
  const phone = new Phone(context, way, program)
  await phone.hasItsOwnClock()
  phone.page = page
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'Fill in the evaluation' }).click()
  await expect(page.locator('fieldset').first()).toBeVisible()
  await appIsKept(page)
  await checklistIsKept(page, visit)
  troubles.expectUnreachable()
  troubles.expectRefusals()

  const parts = everything.sections.map((s) => s.id)
  const addressOf = (part: string) => `/visits/${visit.id}/evaluation?part=${part}`
  const kept = () => onPhone(phone.page, visit)

  /** What the shopper entered and saw kept. */
  const memory: Record<string, Answer> = {}
  const remember = (question: string, answer: Answer | undefined) => {
    if (answer === undefined) delete memory[question]
    else memory[question] = answer
  }
  const visible = () => standing(everything, memory).visible
  /** The screen shows all that is remembered of a part, and the phone has it. */
  const isThere = async (page: Page, part: string) => {
    const questions = questionsIn(part).filter((q) => visible().has(q.id))
    const expected: Record<string, Seen> = Object.fromEntries(questions.map((q) => [q.id, looks(q, memory[q.id])]))
    await expect.poll(() => seen(page), `the screen of ${part}`).toEqual(expected)
    const { answers, photos } = await kept()
    expect(answers).toEqual(memory)
    expect(photos).toMatchObject(Object.fromEntries(photosIn(memory).map((hash) => [hash, hash])))
  }

  const happened: string[] = []
  const interrupt = async ({ name, happens }: Interruption, address: string, when: string) => {
    happened.push(`${happened.length + 1}. ${name}${when}`)
    const more = await happens(phone, address, chance)
    if (typeof more === 'string') happened.push(`${happened.pop()}: ${more}`)
  }

  const fill = async () => {
    let part = parts[0]!
    while (happened.length < many - whileSending) {
      if (chance.one(4)) {
        part = chance.of(parts)
        await phone.page.goto(addressOf(part))
      }
      const questions = questionsIn(part).filter((q) => visible().has(q.id))
      const question = chance.of(questions)
      const entry = entryFor(question, memory[question.id], chance)
      if (!entry) continue
      await isThere(phone.page, part)
      const interruption = chance.of(interruptions)
      const { page } = phone
      await entry.enter(page)
      const typing = entry.types ? page.keyboard.type(entry.types).catch(() => undefined) : undefined
      const inTheMiddle = chance.one(2) && !interruption.between
      if (inTheMiddle) {
        await interrupt(interruption, addressOf(part), `, while entering ${entry.what}`)
        await typing
      }
      if (inTheMiddle && interruption.ends) {
        // Of what was being entered, any part may be there, and nothing else.
        await expect(phone.page.locator('fieldset').first()).toBeVisible()
        const { answers } = await kept()
        expect(entry.begun(answers[question.id]), `${entry.what}: ${JSON.stringify(answers[question.id])}`).toBe(true)
        remember(question.id, answers[question.id])
      } else {
        await typing
        await expect.poll(async () => entry.done((await kept()).answers[question.id]), entry.what).toBe(true)
        remember(question.id, (await kept()).answers[question.id])
      }
      if (!inTheMiddle) {
        await isThere(phone.page, part)
        await interrupt(interruption, addressOf(part), `, after ${entry.what}`)
      }
      await isThere(phone.page, part)
    }
  }

  const hand = async () => {
    await phone.isWell()
    await phone.close()
    await phone.open(addressOf(parts[0]!))
    for (const part of parts) {
      await isThere(phone.page, part)
      await phone.page.getByRole('link', { name: /^(Next|To the summary)$/ }).click()
    }
    await interrupt(chance.of(interruptions.filter((one) => !one.ends)), addressOf('summary'), ', before it is sent')
    await send(phone.page)
    while (happened.length < many) await interrupt(chance.of(interruptions), addressOf('summary'), ', while it is sent')
    await phone.isWell()
    await phone.close()
    await phone.open(addressOf('summary'))
    const button = phone.page.getByRole('button', { name: 'Send the evaluation' })
    const note = phone.page.getByRole('status').filter({ hasText: /It is on its way|The server has it/ })
    await expect(button.or(note)).toBeVisible()
    if (await button.isVisible()) await send(phone.page) // the tab was killed at the very tap
    await lookAgain(phone.page)
    await expect(phone.page.getByText('The server has it. Thank you.')).toBeVisible()
  }

  try {
    await fill()
    await hand()
  } catch (error) {
    throw new Error(`FIELDCARE_SEED=${seed}, after:\n${happened.join('\n')}\n${String(error)}`, { cause: error })
  }

  const arrived = await office.handedIn(visit)
  expect(arrived.map(({ state, revision }) => ({ state, revision }))).toEqual([{ state: 'submitted', revision: 1 }])
  const answered = asSent(memory, standing(everything, memory))
  expect(arrived[0]!.answers).toEqual(answered)
  expect(arrived[0]!.photos.map((p) => p.sha256).sort()).toEqual(photosIn(answered).sort())
  expect(new Set(way.to('POST', '/evaluations').map((p) => p.body.toString())).size).toBe(1)
})

/** The photos that answers name. */
const photosIn = (answers: Record<string, Answer>): string[] =>
  Object.values(answers).flatMap((answer) => (typeof answer === 'object' && 'photos' in answer ? (answer.photos as string[]) : []))
