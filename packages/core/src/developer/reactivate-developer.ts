import { ChangeStateInput, Developer } from '@gatehouse/contract/developer';
import { changed, command, unchanged } from '../kernel/command.ts';
import { developerView } from './developer.view.ts';
import { lockDeveloper } from './authorized-developer.ts';
import { mailState } from './mail-state.ts';

export const reactivateDeveloper = command({
  name: 'developers.reactivate',
  access: 'developers:write',
  summary: 'Reactivate a suspended developer; a reason is mailed to the developer',
  input: ChangeStateInput,
  output: Developer,
  async run(scope, { reason: given, ...ref }) {
    const developer = await lockDeveloper(scope, ref);
    const reason = given || null;
    if (!developer.reactivate(scope.now, reason)) return unchanged(developerView(developer));
    const event = scope.emit(
      'developer.reactivated',
      developer,
      reason === null ? ['state'] : ['state', 'state_reason'],
    );
    await mailState(scope, event, { kind: 'reactivated', developer });
    return changed(developerView(developer));
  },
});
