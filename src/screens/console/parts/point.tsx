import { Icon, type IconName } from './icon.tsx';

/** Something to know, in a list of such. */
export function Point(props: { readonly icon: IconName; readonly title: string; readonly children: string }) {
  return (
    <li>
      <Icon name={props.icon} />
      <span>
        <strong>{props.title}</strong> {props.children}
      </span>
    </li>
  );
}
