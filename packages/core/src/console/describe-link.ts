import { ConsoleLinkDescription, DescribeConsoleLinkInput } from '@gatehouse/contract/console';
import { command, unchanged } from '../kernel/command.ts';
import { allowed } from '../kernel/decision.ts';
import { findOperatorByLink } from '../operator/find-by-link.ts';

/** A command although it changes nothing, so that the token is in the body: URLs are logged. */
export const describeConsoleLink = command({
  name: 'console.describeLink',
  access: 'public',
  summary: 'Get the operator to whom a link was mailed, without using the link',
  input: DescribeConsoleLinkInput,
  output: ConsoleLinkDescription,
  async run(scope, link) {
    const { name, email } = await findOperatorByLink(scope, link);
    scope.authorize(allowed);
    return unchanged({ name, email });
  },
});
