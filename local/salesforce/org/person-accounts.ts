import { apiError } from '../errors.ts';
import type { Database, Row } from './database.ts';
import { initialValue } from './fields.ts';
import type { SObjectType } from './schema.ts';
import { isMissing } from './values.ts';

/** Fields that an account and its contact have under the same name. */
const SHARED = ['FirstName', 'LastName', 'Salutation', 'Name', 'OwnerId'];

/** Kept by the platform for each record. */
const AUDIT = ['LastModifiedDate', 'LastModifiedById', 'SystemModstamp'];

const isAccount = ({ name }: SObjectType): boolean => name === 'Account';
const isContact = ({ name }: SObjectType): boolean => name === 'Contact';

const isPersonType = ({ recordTypes }: SObjectType, { RecordTypeId }: Row): boolean =>
  recordTypes.some(({ id, person }) => person === true && id === RecordTypeId);

/** The contact's field of each field of an account: `Email` of `PersonEmail`. */
function pairsOf(account: SObjectType, contact: SObjectType): [string, string][] {
  const persons = account.fields
    .map(({ name }): [string, string] => [name, name.replace(/^Person/, '')])
    .filter(([name, own]) => name !== own && contact.field(own) !== undefined);
  return [...persons, ...SHARED.map((name): [string, string] => [name, name])];
}

const changedOf = (row: Row, old: Row): string[] =>
  Object.keys(row).filter((name) => !AUDIT.includes(name) && row[name] !== old[name]);

const refuse = (code: string, message: string, fields: readonly string[] = []) =>
  apiError(400, code, message, fields);

/** @throws ApiError INVALID_FIELD_FOR_INSERT_UPDATE: a business account becomes a person account by its record type alone. */
function requireTypeAlone(row: Row, old: Row): void {
  const also = changedOf(row, old).filter(
    (name) => !['RecordTypeId', 'IsPersonAccount', 'PersonContactId'].includes(name),
  );
  if (also.length === 0) return;
  const message = `The record type of a business account can't be changed to a person account together with other fields: ${also.join(', ')}`;
  throw refuse('INVALID_FIELD_FOR_INSERT_UPDATE', message, also);
}

/** @throws ApiError for fields that the kind of account does not have. The text is reported by users of person accounts. */
function requireNames(isPerson: boolean, given: Row, old: Row | undefined): void {
  const names = isPerson ? ['Name'] : ['FirstName', 'LastName', 'Salutation'];
  const bad = names.filter((name) => !isMissing(given[name]) && given[name] !== old?.[name]);
  if (bad.length > 0)
    throw refuse(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Account: bad field names on insert/update call: ${bad.join(', ')}`,
      bad,
    );
  if (isPerson && isMissing(given['LastName']))
    throw refuse('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']);
}

/**
 * Person accounts: each is an account and a contact, which have the same values ("SOAP API Developer Guide", Person
 * Account Record Types).
 */
export class PersonAccounts {
  readonly #database: Database;
  readonly #newId: (keyPrefix: string) => string;

  constructor(database: Database, newId: (keyPrefix: string) => string) {
    this.#database = database;
    this.#newId = newId;
  }

  /** @param given the row before its name was made. @returns an account with the id of its contact. @throws ApiError */
  complete(type: SObjectType, row: Row, old: Row | undefined, given: Row): Row {
    if (!isAccount(type) || type.field('IsPersonAccount') === undefined) return row;
    const isPerson = isPersonType(type, row);
    const wasPerson = old?.['IsPersonAccount'] === true;
    if (old && isPerson && !wasPerson) return this.#convert(row, old);
    if (wasPerson && !isPerson) return this.#toBusiness(type, row);
    requireNames(isPerson, given, old);
    if (!isPerson) return { ...row, IsPersonAccount: false };
    const PersonContactId = row['PersonContactId'] ?? this.#newId('003');
    return { ...row, IsPersonAccount: true, PersonContactId };
  }

  /** Writes the values of an account to its contact, or those of a contact to its account. */
  after(type: SObjectType, row: Row, old: Row | undefined): void {
    if (isAccount(type)) this.#saveContact(row, old);
    if (isContact(type)) this.#saveAccount(row);
  }

  /** @throws ApiError: other contacts can't belong to a person account (code and text are a guess). */
  before(type: SObjectType, row: Row): void {
    if (!isContact(type) || isMissing(row['AccountId'])) return;
    const account = this.#account(row);
    if (account?.['IsPersonAccount'] !== true || account['PersonContactId'] === row.Id) return;
    const message = 'Account ID: a person account has no contacts but its own';
    throw refuse('FIELD_INTEGRITY_EXCEPTION', message, ['AccountId']);
  }

  /** @throws ApiError: a person contact is deleted with its account (documented; code and text are a guess). */
  beforeRemove(type: SObjectType, row: Row): void {
    if (!isContact(type) || row['IsPersonAccount'] !== true) return;
    if (this.#account(row)?.['IsDeleted'] === true) return;
    throw refuse('DELETE_FAILED', 'A person contact is deleted with its account');
  }

  #type(name: string): SObjectType | undefined {
    return this.#database.schema.sObject(name);
  }

  #pairs(): [string, string][] {
    const account = this.#type('Account');
    const contact = this.#type('Contact');
    return account && contact ? pairsOf(account, contact) : [];
  }

  #account({ AccountId }: Row): Row | undefined {
    const type = this.#type('Account');
    return type && typeof AccountId === 'string' ? this.#database.find(type, AccountId) : undefined;
  }

  /** The only contact of an account becomes the person; without one, a contact is made (its name is a guess). */
  #convert(row: Row, old: Row): Row {
    requireTypeAlone(row, old);
    const contacts = this.#contactsOf(row.Id);
    if (contacts.length > 1)
      throw refuse(
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        'A business account with several contacts cannot become a person account',
        ['RecordTypeId'],
      );
    const [contact] = contacts;
    const pairs = contact === undefined ? [] : this.#pairs();
    return {
      ...row,
      LastName: row['Name'],
      ...Object.fromEntries(pairs.map(([name, own]) => [name, contact?.[own] ?? null])),
      IsPersonAccount: true,
      PersonContactId: contact?.Id ?? this.#newId('003'),
    };
  }

  #contactsOf(accountId: string): Row[] {
    const type = this.#type('Contact');
    return type === undefined
      ? []
      : this.#database.rows(type).filter(({ AccountId }) => AccountId === accountId);
  }

  /** The person's fields are cleared; the contact stays as a contact of the account. */
  #toBusiness(type: SObjectType, row: Row): Row {
    const contact = this.#type('Contact');
    const person = this.#contactsOf(row.Id)[0];
    if (contact && person) this.#database.save(contact, { ...person, IsPersonAccount: false });
    const cleared = type.fields
      .filter(({ name }) => /^(Person[A-Z]|FirstName$|LastName$|Salutation$)/.test(name))
      .map((field) => [field.name, initialValue(field)]);
    return { ...row, ...Object.fromEntries(cleared), IsPersonAccount: false };
  }

  #saveContact(account: Row, old: Row | undefined): void {
    const contact = this.#type('Contact');
    const id = account['PersonContactId'];
    if (!contact || account['IsPersonAccount'] !== true || typeof id !== 'string') return;
    const known = this.#database.find(contact, id);
    const defaults = Object.fromEntries(contact.fields.map((f) => [f.name, initialValue(f)]));
    const values = this.#pairs()
      .filter(([name]) => known === undefined || old === undefined || account[name] !== old[name])
      .map(([name, own]) => [own, account[name] ?? defaults[own] ?? null]);
    const audit = ['CreatedDate', 'CreatedById', ...AUDIT].map((name) => [name, account[name]]);
    this.#database.save(contact, {
      ...(known ?? { ...defaults, ...Object.fromEntries(audit) }),
      ...Object.fromEntries(values),
      ...Object.fromEntries(AUDIT.map((name) => [name, account[name]])),
      AccountId: account.Id,
      IsPersonAccount: true,
      Id: id,
    });
  }

  #saveAccount(contact: Row): void {
    const type = this.#type('Account');
    const account = this.#account(contact);
    if (!type || contact['IsPersonAccount'] !== true || account === undefined) return;
    const values = this.#pairs().map(([name, from]) => [name, contact[from] ?? null]);
    const audit = AUDIT.map((name) => [name, contact[name]]);
    this.#database.save(type, {
      ...account,
      ...Object.fromEntries([...values, ...audit]),
      Id: account.Id,
    });
  }
}
