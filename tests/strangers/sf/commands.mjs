// The commands that an admin's day has: each must succeed, or be refused as the platform itself refuses it.
// A command is its words as typed; `->` and the name of the platform's or the command line's own refusal may follow.

export const COMMANDS = `
org display
org display user
org list
org list auth
org list limits
org list metadata-types
org list metadata --metadata-type Profile
org list metadata --metadata-type PermissionSet
org list metadata --metadata-type PermissionSetGroup
org list metadata --metadata-type ConnectedApp
org list metadata --metadata-type CustomObject
org list sobject record-counts
org list users
org open --url-only
org open --url-only --path lightning/setup/ManageUsers/home
org assign permset --name HR_Extras
org assign permsetlicense --name SalesforceAPIIntegrationPsl
limits api display
api request rest /services/data/v67.0/limits
sobject list --sobject all
sobject describe --sobject User
sobject describe --sobject PermissionSet
sobject describe --sobject Profile --use-tooling-api
data query --query "SELECT Id, Name FROM User LIMIT 5"
data query --query "SELECT COUNT() FROM User"
data query --query "SELECT Id, Name FROM Profile LIMIT 5" --use-tooling-api
data query --query "SELECT Id FROM ApexClass" --use-tooling-api
data query --query "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Account'" --use-tooling-api
data query --query "SELECT Nothing FROM User" -> INVALID_FIELD
data search --query "FIND {Acme} IN NAME FIELDS RETURNING Account(Id)"
data create record --sobject Account --values "Name=Stranger"
data get record --sobject Account --where "Name=Stranger"
data update record --sobject Account --where "Name=Stranger" --values "Phone=1"
data delete record --sobject Account --where "Name=Stranger"
data get record --sobject Account --where "Name=Stranger" -> DataRecordGetNoRecord
data export bulk --query "SELECT Id, Username FROM User" --output-file users.csv --result-format csv --wait 2
package installed list
apex list log
apex get log --number 1
project retrieve start --metadata Profile:Admin
project retrieve start --metadata PermissionSet
project retrieve start --metadata PermissionSetGroup
project retrieve start --metadata ConnectedApp
project retrieve start --metadata Settings:Security
project retrieve start --metadata Settings:MyDomain
project retrieve start --metadata CustomObject:Account
project deploy start --source-dir force-app
project deploy report --use-most-recent
project deploy preview -> NonSourceTrackedOrgError
project retrieve preview -> NonSourceTrackedOrgError
`
  .trim()
  .split("\n")
  .map((line) => line.split(" -> "))
  .map(([typed, refusal]) => ({ typed, refusal, args: typed.match(/"[^"]*"|\S+/g).map((word) => word.replace(/^"|"$/g, "")) }));
