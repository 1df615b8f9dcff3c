export { type EventsDeps, EventsService } from './events-service';
