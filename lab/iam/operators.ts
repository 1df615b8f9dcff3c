import { arnPattern, type Matcher, wildcard } from './pattern';

/** How one condition operator compares a value of the request with those of the policy. */
export interface Operator {
  /** Turns a value of the policy into a test of a value of the request. */
  readonly test: (policyValue: string) => Matcher;
  /** True for operators that hold where no value matches, and where the key is absent. */
  readonly negated: boolean;
}

/**
 * Operators of the condition element, without `IfExists`, `ForAllValues:` and `ForAnyValue:`. Dates, addresses and binary data are not known.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: operator((value) => (text) => text === value),
  StringNotEquals: negated((value) => (text) => text === value),
  StringEqualsIgnoreCase: operator((value) => (text) => text.toLowerCase() === value.toLowerCase()),
  StringNotEqualsIgnoreCase: negated((value) => (text) => text.toLowerCase() === value.toLowerCase()),
  StringLike: operator((value) => wildcard(value)),
  StringNotLike: negated((value) => wildcard(value)),
  ArnEquals: operator(arnPattern),
  ArnNotEquals: negated(arnPattern),
  ArnLike: operator(arnPattern),
  ArnNotLike: negated(arnPattern),
  Bool: operator((value) => (text) => text.toLowerCase() === value.toLowerCase()),
  NumericEquals: operator((value) => (text) => Number(text) === Number(value)),
  NumericNotEquals: negated((value) => (text) => Number(text) === Number(value)),
  NumericLessThan: operator((value) => (text) => Number(text) < Number(value)),
  NumericLessThanEquals: operator((value) => (text) => Number(text) <= Number(value)),
  NumericGreaterThan: operator((value) => (text) => Number(text) > Number(value)),
  NumericGreaterThanEquals: operator((value) => (text) => Number(text) >= Number(value)),
};

function operator(test: Operator['test']): Operator {
  return { test, negated: false };
}

function negated(test: Operator['test']): Operator {
  return { test, negated: true };
}
