/** Options of `Recipe.generic`. */
export interface GenericRecipeOptions {
  /**
   * Shell commands that build the application, run by bash in the root of the repository.
   *
   * @default - none: the repository is released as it is
   */
  readonly buildCommands?: string[];

  /**
   * Folder with what is released, relative to the root of the repository.
   *
   * @default '.' - the repository without its `.git`
   */
  readonly outputDirectory?: string;

  /**
   * Versions of the languages that the build image is to offer, such as `{ nodejs: '22' }`.
   *
   * @default - what the image has
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html
   */
  readonly runtimeVersions?: { [language: string]: string };

  /**
   * Files and folders to keep between builds, relative to the root of the repository.
   *
   * @default - none
   */
  readonly cachePaths?: string[];
}

/** How a kind of application is built into a release. */
export class Recipe {
  /** Any application that is a folder after these commands. */
  static generic(options: GenericRecipeOptions = {}): Recipe {
    const outputDirectory = options.outputDirectory ?? '.';
    const inside =
      /^[A-Za-z0-9._/-]+$/.test(outputDirectory) && !outputDirectory.startsWith('/') && !outputDirectory.split('/').includes('..');
    if (!inside) throw new Error(`'outputDirectory' must be a folder inside the repository, got '${outputDirectory}'`);
    return new Recipe(options.buildCommands ?? [], outputDirectory, options.runtimeVersions ?? {}, options.cachePaths ?? []);
  }

  private constructor(
    /** Shell commands that build the application. */
    public readonly buildCommands: string[],
    /** Folder with what is released, relative to the root of the repository. */
    public readonly outputDirectory: string,
    /** Versions of the languages that the build image is to offer. */
    public readonly runtimeVersions: { [language: string]: string },
    /** Files and folders to keep between builds. */
    public readonly cachePaths: string[],
  ) {}
}
