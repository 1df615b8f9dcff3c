/** What happens to a canary of which nothing can be said when its time is over. */
export enum OnInconclusive {
  /** It is rolled back. */
  ROLL_BACK = 'rollBack',
  /** It is watched for as long again, then rolled back. */
  EXTEND = 'extend',
}

/** What happens to a deployment whose steps are too short, or whose traffic is too small, to notice the smallest bad effects. */
export enum OnUndetectable {
  /** It is refused before anything is changed, with the figures and with steps that could notice them. */
  REFUSE = 'refuse',
  /** It begins, and the figures are recorded. It ends inconclusive unless there is more traffic than in the hour before. */
  WARN = 'warn',
}
