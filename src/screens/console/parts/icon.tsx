/** Strokes on a 24 × 24 grid, drawn for this console. */
const shapes = {
  terminals: 'M5 3h14v18H5zM9 7h6v5H9zM12 16.5v.01',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.8c2 .7 3.2 2.5 3.5 5.2',
  events: 'M4 5h16M4 12h16M4 19h10',
  rules: 'M4 5h16v15H4zM4 10h16M9 3v4M15 3v4M8 14h3M13 14h3',
  thresholds: 'M4 4v16h16M7 16c3 0 4-9 12-10',
  attendance: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2',
  settings:
    'M4 7h10M18 7h2M4 17h2M10 17h10M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  accounts: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c.8-4 4-6 8-6s7.2 2 8 6',
  audit: 'M6 3h9l4 4v14H6zM14 3v5h5M9 12h6M9 16h6',
  plus: 'M12 5v14M5 12h14',
  lock: 'M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4',
  unlock: 'M5 11h14v10H5zM8 11V7a4 4 0 0 1 7.5-2',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  camera: 'M3 7h4l2-3h6l2 3h4v13H3zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  upload: 'M12 16V5M7 9l5-5 5 5M4 20h16',
  check: 'M4 12.5l5.5 5.5L20 7',
  cross: 'M6 6l12 12M18 6L6 18',
  warn: 'M12 3l10 18H2zM12 10v5M12 18v.01',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  light:
    'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M19 5l-1.5 1.5M6.5 17.5L5 19',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  leave: 'M10 4H5v16h5M14 8l4 4-4 4M9 12h9',
  back: 'M15 5l-7 7 7 7',
  key: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9M18 12v3.5',
  pulse: 'M2 12h5l2.5-7 5 14 2.5-7h5',
  menu: 'M4 6h16M4 12h16M4 18h16',
} as const;

/** See {@link shapes}. */
export type IconName = keyof typeof shapes;

/** A drawing beside words; it says nothing by itself. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}

/** limen's mark: a doorway, and the light behind it. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-frame" d="M6 29V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v24" />
      <path class="mark-leaf" d="M12 29V9l8-3v23z" />
      <path class="mark-frame" d="M2 29h28" />
    </svg>
  );
}
