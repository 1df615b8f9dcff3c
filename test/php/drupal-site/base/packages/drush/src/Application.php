<?php
declare(strict_types=1);

namespace Drush;

use Site\Site;
use Throwable;

/** Runs one command. Results go to standard output, messages to standard error; a command that fails exits with 1. */
final class Application
{
    private const ALIASES = ['updb' => 'updatedb', 'updatedb-status' => 'updatedb:status', 'cim' => 'config:import', 'cst' => 'config:status', 'cr' => 'cache:rebuild'];

    public function __construct(private readonly Site $site)
    {
    }

    /** @param string[] $arguments */
    public function run(array $arguments): int
    {
        $words = array_values(array_filter($arguments, fn ($argument) => !str_starts_with($argument, '-')));
        $name = self::ALIASES[$words[0] ?? ''] ?? $words[0] ?? 'status';
        try {
            return $this->command($name, array_slice($words, 1));
        } catch (Throwable $error) {
            self::say('error', $error->getMessage());
            return 1;
        }
    }

    public static function say(string $kind, string $text): void
    {
        fwrite(STDERR, " [$kind] $text\n");
    }

    /** @param string[] $words */
    private function command(string $name, array $words): int
    {
        $updates = new Updates($this->site);
        $configuration = new Configuration($this->site);
        match ($name) {
            'status' => self::show($this->status()),
            'updatedb:status' => $this->statusOf($updates->pending()),
            'updatedb' => $updates->run(),
            'config:status' => self::show($configuration->differences() ?: $this->none('No differences between DB and sync directory.')),
            'config:import' => $configuration->import(),
            'cache:rebuild' => $this->site->rebuildCache(),
            'deploy:hook-status' => self::show($updates->pendingDeployHooks()),
            'deploy:hook' => $updates->runDeployHooks(),
            'deploy' => $this->deploy(),
            'cron' => $this->site->set('state', 'system.cron_last', (string) time()),
            'maint:set' => $this->site->set('state', 'system.maintenance_mode', $words[0] ?? throw new \RuntimeException('Not enough arguments (missing: "value").')),
            'maint:status' => null,
            default => throw new \RuntimeException("Command \"$name\" is not defined."),
        };
        return $name === 'maint:status' && $this->site->isInMaintenance() ? 3 : 0;
    }

    /** Exits with 0 also where there is no database: the keys tell. */
    private function status(): array
    {
        $connected = $this->site->isConnected() ? ['db-status' => 'Connected', 'bootstrap' => 'Successful'] : [];
        return [...$connected, 'root' => $this->site->root . '/web'];
    }

    private function deploy(): void
    {
        foreach (['updatedb', 'config:import', 'cache:rebuild', 'deploy:hook'] as $name) {
            $this->command($name, []);
        }
    }

    /** Where nothing is pending, standard output is empty. */
    private function statusOf(array $rows): void
    {
        $rows === [] ? self::say('success', 'No database updates required.') : self::show($rows);
    }

    /** Where there is no difference, standard output is an empty list. */
    private function none(string $message): array
    {
        self::say('notice', $message);
        return [];
    }

    /** Always JSON, the only format here. */
    private static function show(array $rows): void
    {
        echo json_encode($rows, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
    }
}
