export { DynamoDbService } from './dynamodb-service';
