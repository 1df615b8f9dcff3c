/** Public parameters that templates refer to, with the value that the lab gives them. */
const PUBLIC_PARAMETERS: Readonly<Record<string, string>> = {
  '/cdk-bootstrap/hnb659fds/version': '30',
};

/** Amazon Linux images, by the parameter that names the newest. */
const IMAGE = /^\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-[a-z0-9.-]+$/;

/** Whether the lab knows a public Systems Manager parameter. */
export function isPublicParameter(name: string): boolean {
  return name in PUBLIC_PARAMETERS || IMAGE.test(name);
}

/** The value of a public parameter: an image's id is made from the parameter's name, so it is the same each time. */
export function publicParameter(name: string): string {
  if (IMAGE.test(name)) return `ami-${Buffer.from(name).toString('hex').slice(-17)}`;
  return PUBLIC_PARAMETERS[name];
}
