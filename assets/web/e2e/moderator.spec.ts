import { Office } from './office'
import { test } from './proxy'
import { appIsKept, expect, signIn } from './test'
import { Heard } from './wall'

test('a moderator checks in who comes, without a signal too and by first names only, and each record is sent once', async ({
  page,
  context,
  program,
  office,
  way,
  troubles,
}) => {
  const group = await office.group('Putting it right at the counter')
  const door = new Office(program.url)
  await door.signIn('mira')
  const [first, second] = [...(await door.attendance(group)).keys()] as [string, string]
  const seen = async (name: string) => (await door.attendance(group)).get(name)
  const heard = new Heard(way)

  await signIn(page, 'mira')
  await expect(page.getByRole('heading', { name: 'Sessions' })).toBeVisible()
  await expect(page.getByText('Those who stopped coming'), 'a session of nobody yet').toBeHidden()
  await page.getByRole('link', { name: group.topic }).click()
  await expect(page.getByRole('region', { name: 'Who comes' }).getByText(first, { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Topic guide' })).toBeVisible()
  await heard.look(page)
  await page.getByRole('link', { name: 'Open check-in' }).click()
  const invitee = (on: typeof page, name: string) => on.getByRole('article').filter({ has: on.getByRole('heading', { name, exact: true }) })
  await invitee(page, first).getByRole('button', { name: 'Arrived' }).click()
  await expect(invitee(page, first)).toContainText('in the room')
  await expect.poll(() => seen(first)).toMatchObject({ outcome: 'took_part', records: 1 })
  await expect(page.getByText('All is with the server.')).toBeVisible()
  await heard.look(page)
  await appIsKept(page)

  troubles.expectUnreachable()
  await context.setOffline(true)
  await program.stop()
  await invitee(page, second).getByRole('button', { name: 'No-show' }).click()
  await expect(page.getByText('One record is only on this phone.')).toBeVisible()
  await invitee(page, second).getByRole('button', { name: 'Arrived' }).click()
  await page.getByRole('button', { name: 'Walk-in' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Wilhelmina')
  await page.getByRole('button', { name: 'Let in' }).click()
  await expect(page.getByText('3 records are only on this phone.')).toBeVisible()
  await page.goto('chrome://crash').catch(() => undefined)
  await page.close()

  const again = await context.newPage()
  await again.goto('/focus-groups')
  await again.getByRole('link', { name: group.topic }).click()
  for (const name of [second, 'Wilhelmina']) {
    await expect(invitee(again, name)).toContainText('in the room')
    await expect(invitee(again, name)).toContainText('on this phone')
  }
  await again.goto('/me') // sent from wherever one is
  await expect(again.getByRole('heading', { name: 'Mira Castellanos' })).toBeVisible()
  await program.start()
  await context.setOffline(false)
  await expect.poll(() => seen('Wilhelmina')).toMatchObject({ outcome: 'took_part', walk_in: true, records: 1 })
  expect(await seen(second)).toMatchObject({ outcome: 'took_part', records: 2 })
  expect(await seen(first)).toMatchObject({ outcome: 'took_part', records: 1 })

  await again.goto(`/focus-groups/${group.id}/check-in`)
  await expect(again.getByText('All is with the server.')).toBeVisible()
  await expect(invitee(again, 'Wilhelmina')).toHaveCount(1)
  await expect(invitee(again, 'Wilhelmina')).toContainText('Walk-in', { ignoreCase: true })
  await heard.look(again)
  const panel = await office.participants()
  const invited = await office.invitations(group)
  heard.expect(
    group.id,
    [...invited, ...panel]
      .map((p) => p.name)
      .filter((name) => name.includes(' '))
      .concat(panel.flatMap((p) => [p.email, p.phone]).filter((text) => text !== undefined)),
  )
})
