import type { Template } from '../../lab/cloudformation/template';

/** The template with functions that only warn where the traffic is too small to notice a bad release. */
export function warnOnly(template: Template): Template {
  const refusing = JSON.stringify(template);
  const text = refusing.replaceAll(String.raw`onUndetectable\":\"refuse`, String.raw`onUndetectable\":\"warn`);
  if (text === refusing) throw new Error('no function of the template refuses what it could not notice');
  return JSON.parse(text);
}
