import { ChangeStateInput, Developer } from '@gatehouse/contract/developer';
import { changed, command, unchanged } from '../kernel/command.ts';
import { endSessions } from '../session/end-sessions.ts';
import { developerView } from './developer.view.ts';
import { lockDeveloper } from './authorized-developer.ts';
import { mailState } from './mail-state.ts';

export const suspendDeveloper = command({
  name: 'developers.suspend',
  access: 'developers:write',
  summary: 'Suspend an active developer; a reason is mailed to the developer',
  input: ChangeStateInput,
  output: Developer,
  async run(scope, { reason: given, ...ref }) {
    const developer = await lockDeveloper(scope, ref);
    const reason = given || null;
    if (!developer.suspend(scope.now, reason)) return unchanged(developerView(developer));
    endSessions(scope.em, developer.id);
    const event = scope.emit('developer.suspended', developer, reason === null ? ['state'] : ['state', 'state_reason']);
    await mailState(scope, event, { kind: 'suspended', developer });
    return changed(developerView(developer));
  },
});
