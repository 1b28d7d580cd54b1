import type { Page } from '@playwright/test'
import type { Office, PlannedVisit } from './office'
import { addPhoto, openVisit, send } from './shopper'
import { expect, signIn } from './test'

/** A checklist that is answered in a moment, for tests of what happens to it afterwards. */
export const kiosk = {
  title: 'Kiosk',
  moments: [
    { id: 'in', text: 'Came in' },
    { id: 'served', text: 'Served' },
  ],
  sections: [
    {
      id: 'kiosk',
      title: 'At the kiosk',
      questions: [
        {
          id: 'greeted',
          type: 'choice',
          text: 'Were you greeted?',
          required: true,
          options: [
            { id: 'yes', text: 'Yes', points: 100 },
            { id: 'no', text: 'No', points: 0 },
          ],
        },
        {
          id: 'instead',
          type: 'text',
          text: 'What happened instead of a greeting?',
          required: true,
          show_when: { question: 'greeted', is: ['no'] },
        },
        { id: 'words', type: 'text', text: 'What was said?', required: true },
        { id: 'shelf', type: 'photo', text: 'The shelf', min_photos: 1, max_photos: 3 },
        { id: 'wait', type: 'duration', text: 'How long did you wait?', from_moment: 'in', to_moment: 'served' },
      ],
    },
  ],
}

/** The demo's shopper is offered a visit with the short checklist, at any branch or at that of a code. */
export async function offerKiosk(office: Office, code?: string): Promise<PlannedVisit> {
  return office.offer('Buy a newspaper.', await office.publish(kiosk), code)
}

/** Says on the summary that the visit began now, and sends: the phone has it in its hands, or the server has answered already. */
export async function sendKiosk(page: Page) {
  await send(page)
  await expect(page.getByText(/It is on its way|There is no connection|The server (did not take|has it)/)).toBeVisible()
}

/** The shopper signs in, accepts the visit and answers everything: the summary stands open, nothing is sent. */
export async function fillKiosk(page: Page, visit: PlannedVisit, photos = 1) {
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await answerKiosk(page, photos)
}

export async function acceptKiosk(page: Page, visit: PlannedVisit) {
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'Fill in the evaluation' }).click()
  await expect(page.getByRole('group').or(page.getByRole('radiogroup')).first()).toBeVisible()
}

export async function answerKiosk(page: Page, photos = 1) {
  await page.getByRole('radio', { name: 'Yes' }).check()
  await page.getByRole('textbox', { name: 'What was said?' }).fill('Good morning, what may I give you?')
  for (let n = 0; n < photos; n++) await addPhoto(page.locator('#question-shelf'))
  await page.getByRole('link', { name: 'To the summary' }).click()
  await expect(page.getByRole('heading', { name: 'Summary' })).toBeVisible()
}
