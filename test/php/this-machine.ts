import { userInfo } from 'node:os';
import { Recipe } from '../../lib';

/** Amazon Linux calls the user of web servers `apache`, Debian `www-data`; who is not root has only himself. */
const OWNER = process.getuid?.() === 0 ? 'www-data' : userInfo().username;

/** The recipe, for machines whose web servers run as another user. */
export function onThisMachine(recipe: Recipe): Recipe {
  return new Recipe({ ...recipe, host: { ...recipe.host, php: { ...recipe.host.php, sharedOwner: OWNER } } });
}
