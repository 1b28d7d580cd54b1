const query = matchMedia('(min-width: 48rem)')

/** Whether there is room for a table. */
export const room = $state({ wide: query.matches })

query.addEventListener('change', () => (room.wide = query.matches))
