import { registerDeveloper } from '@gatehouse/core/developer/register-developer';
import { limitRegistrations } from '../../http/rate-limit.ts';
import { exposeCommand } from '../expose.ts';
import { router } from '../init.ts';

export const auth = router({
  register: exposeCommand(registerDeveloper, limitRegistrations),
});
