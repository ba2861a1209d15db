import { defineEntity, p } from '@mikro-orm/core';
import { id, labels, time } from '../columns.ts';
import { Developer } from './developer.entity.ts';

const ApplicationSchema = defineEntity({
  name: 'Application',
  properties: {
    id: id(),
    developer: () =>
      p.manyToOne(Developer).mapToPk().fieldName('developer_uid').deleteRule('cascade').index('application_developer'),
    name: p.text(),
    desc: p.text().default(''),
    labels: labels(),
    createdAt: time(),
    updatedAt: time(),
  },
});

export class Application extends ApplicationSchema.class {}
ApplicationSchema.setClass(Application);
