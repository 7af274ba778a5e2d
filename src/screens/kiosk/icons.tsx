import type { JSX } from 'preact';

const shapes = {
  grant: <path d="M5 12.5l4.5 4.5L19 7.5" />,
  deny: <path d="M6.5 6.5l11 11M17.5 6.5l-11 11" />,
  advice: <path d="M12 6v7.5M12 17.2v.6" />,
  wait: <path d="M12 6v6l4 2.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18" />,
  lock: <path d="M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z" />,
  broken: <path d="M12 4l9 16H3zM12 10v4.5M12 17v.4" />,
  offline: (
    <path d="M3 3l18 18M8.5 15.5a5 5 0 0 1 6 0M5.5 12a9.5 9.5 0 0 1 4-2.4M18.5 12a9.5 9.5 0 0 0-3-2M2.5 8.5A14 14 0 0 1 6.400 6M21.500 8.500A14 14 0 0 0 10 4.700M12 19v.3" />
  ),
  card: <path d="M3 6h18v12H3zM3 10h18M6.500 14.500h4" />,
  delete: <path d="M9 6h12v12H9l-6-6zM12.500 9.500l5 5M17.500 9.500l-5 5" />,
  pad: (
    <path d="M5 4h2v2H5zM11 4h2v2h-2zM17 4h2v2h-2zM5 11h2v2H5zM11 11h2v2h-2zM17 11h2v2h-2zM5 18h2v2H5zM11 18h2v2h-2zM17 18h2v2h-2z" />
  ),
  in: <path d="M14 4h6v16h-6M3 12h11M10 8l4 4-4 4" />,
  out: <path d="M10 4H4v16h6M9 12h11M16 8l4 4-4 4" />,
  'break-start': (
    <path d="M5 9h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 10h2a2.500 2.500 0 0 1 0 5h-2M8 3v2.500M12.500 3v2.500" />
  ),
  'break-end': <path d="M4 12a8 8 0 1 0 3-6.200M4 4v4.500h4.500M12 8v4.500l3 2" />,
  change: <path d="M4 8h14l-3.500-3.500M20 16H6l3.500 3.500" />,
} satisfies Record<string, JSX.Element>;

/** One of the drawings of the screen; it says nothing that is not beside it in words. */
export function Icon({ name }: { readonly name: keyof typeof shapes }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}
