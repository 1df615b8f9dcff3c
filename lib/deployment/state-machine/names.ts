/** Names of the states at which one phase hands over to another: sentences that the console shows. */
export const BEGIN = 'Take the lock';
export const BUILD = 'Is there a release to build?';
export const TELL_HOSTS = 'Tell hosts that a deployment begins';
export const CANARY = 'Wait for canaries';
export const ANALYSE = 'Wait a minute';
export const NEXT_STEP = 'Go on to the next step';
export const PROMOTE = 'Begin the promotion';
export const BAKE = 'Wait a minute of the bake';
export const FINISH = 'Commit the release';
export const CLEAN_UP = 'Retire the canary';
export const REFUSE = 'Record the refusal';
export const ROLL_BACK = 'Take canary out of traffic';
export const GO_BACK = 'Were instances switched?';
export const RECOVER = 'Make traffic safe';
export const RECOVERY_NEEDED = 'Leave the rest to the recovery';
export const FENCED = 'Stop, because another execution has the lock';
