/** What a browser that can put the app on the home screen offers, once. */
export interface Offer extends Event {
  prompt: () => Promise<unknown>
}

export const homeScreen = $state<{ offer: Offer | undefined }>({ offer: undefined })

// Kept for *Me*: a browser that asked by itself might do so in front of the branch's staff.
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault()
  homeScreen.offer = event as Offer
})
