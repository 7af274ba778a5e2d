import { useLocation } from 'preact-iso';

const tabs = [
  ['/attendance', 'Report'],
  ['/attendance/entries', 'Corrections'],
  ['/attendance/plan', 'Plan'],
] as const;

/** The pages of the attendance. */
export function AttendanceTabs() {
  const { path } = useLocation();
  return (
    <nav class="tabs" aria-label="Attendance">
      {tabs.map(([href, name]) => (
        <a key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
