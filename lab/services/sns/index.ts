export { type PublishedMessage, SnsService } from './sns-service';
