import { Operator as View, OperatorRef } from '@gatehouse/contract/operator';
import { query } from '../kernel/query.ts';
import { authorizedOperator } from './authorized-operator.ts';
import { operatorView } from './operator.view.ts';

export const getOperator = query({
  name: 'operators.get',
  access: 'operators:read',
  summary: 'Get an operator',
  input: OperatorRef,
  output: View,
  run: async (scope, { operator_id }) => operatorView(await authorizedOperator(scope, operator_id)),
});
