export { S3Service } from './s3-service';
