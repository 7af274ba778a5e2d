import { signal } from '@preact/signals';

/** As the system says, unless somebody has chosen; kept in this browser. */
export type Theme = 'light' | 'dark' | null;

const key = 'limen-theme';

/** What was chosen. */
export const theme = signal<Theme>(localStorage.getItem(key) as Theme);

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark now. */
export function isDark(): boolean {
  return theme.value === 'dark' || (theme.value === null && systemIsDark.matches);
}

/** Put the choice on the page. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
  systemIsDark.onchange = applyTheme;
}

/** The other one, from now on. */
export function changeTheme(): void {
  theme.value = isDark() ? 'light' : 'dark';
  localStorage.setItem(key, theme.value);
  applyTheme();
}
