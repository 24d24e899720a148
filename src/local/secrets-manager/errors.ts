import { ServiceError } from "../service.js";

// The names are the modelled exceptions of
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html, the texts AWS's own where known.

export function invalidParameter(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError("InvalidRequestException", message);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError("LimitExceededException", message);
}

export function notFound(message = "Secrets Manager can't find the specified secret."): ServiceError {
  return new ServiceError("ResourceNotFoundException", message);
}

export function noSuchVersion(versionId: string): ServiceError {
  return notFound(`Secrets Manager can't find the specified secret value for VersionId: ${versionId}`);
}

export function noSuchLabel(label: string): ServiceError {
  return notFound(`Secrets Manager can't find the specified secret value for staging label: ${label}`);
}

export function alreadyExists(message: string): ServiceError {
  return new ServiceError("ResourceExistsException", message);
}

/** A parameter against the API model. The value is never quoted: it may be secret. */
export function validation(message: string): ServiceError {
  return new ServiceError("ValidationException", message);
}
