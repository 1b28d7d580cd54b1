import { fillKiosk, offerKiosk } from './kiosk'
import { test } from './proxy'
import { lookAgain, send } from './shopper'
import { expect } from './test'

test('an evaluation whose answer is lost on the way is sent again as the same, and is there once', async ({
  page,
  office,
  way,
  troubles,
}) => {
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  troubles.expectUnreachable()
  way.fate = ({ method, path }) => (method === 'POST' && path === '/api/v1/evaluations' ? 'lost' : 'pass')
  await send(page)
  await expect.poll(() => way.to('POST', '/evaluations').map((p) => p.answered)).toContain(201)
  await expect(page.getByText('There is no connection.')).toBeVisible()
  expect(await office.handedIn(visit)).toHaveLength(1)

  way.clear()
  await lookAgain(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  const [first, ...again] = way.to('POST', '/evaluations')
  expect(again.map((p) => p.answered)).toContain(200) // browsers send once more by themselves where a connection breaks
  for (const sent of again) expect(sent.body).toEqual(first!.body)
  expect(await office.handedIn(visit)).toMatchObject([{ state: 'submitted', revision: 1 }])
})
