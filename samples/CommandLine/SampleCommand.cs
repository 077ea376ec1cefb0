using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace Samples;

/// <summary>The command line of a sample: <c>--help</c>, and as far as the sample has them, a seed and a file for a trace. Other arguments are refused with the usage.</summary>
public static class SampleCommand
{
    private const ulong DefaultSeed = 1;
    private const int CannotWrite = 1;

    /// <summary>Runs a sample without arguments.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] args, string description, Func<Task> play)
    {
        RootCommand command = new(description);
        command.SetAction(_ => play());
        return command.Parse(args).InvokeAsync();
    }

    /// <summary>Runs a sample without arguments.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, string description, Action play)
    {
        RootCommand command = new(description);
        command.SetAction(_ => play());
        return command.Parse(args).Invoke();
    }

    /// <summary>Runs a sample that takes a seed.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, string description, Action<ulong> play)
    {
        Option<ulong> seed = Seed();
        RootCommand command = new(description) { seed };
        command.SetAction(result => play(result.GetValue(seed)));
        return command.Parse(args).Invoke();
    }

    /// <summary>Runs a sample that takes a file for its trace.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="description">The purpose of the sample.</param>
    /// <param name="play">The sample, with the trace; null if no file was named.</param>
    /// <returns>The exit code; 1 if the file cannot be written, before the sample begins.</returns>
    public static int Run(string[] args, string description, Action<Stream?> play)
    {
        Argument<string?> trace = Trace();
        RootCommand command = new(description) { trace };
        command.SetAction(result => WithTrace(result.GetValue(trace), play));
        return command.Parse(args).Invoke();
    }

    /// <summary>Runs a sample that takes a seed and a file for its trace.</summary>
    /// <inheritdoc cref="Run(string[], string, Action{Stream})"/>
    public static int Run(string[] args, string description, Action<ulong, Stream?> play)
    {
        Option<ulong> seed = Seed();
        Argument<string?> trace = Trace();
        RootCommand command = new(description) { seed, trace };
        command.SetAction(result => WithTrace(result.GetValue(trace), stream => play(result.GetValue(seed), stream)));
        return command.Parse(args).Invoke();
    }

    /// <summary>Creates the option for the seed.</summary>
    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "The number that fixes the order of events. The outcome is the same for each seed.",
        DefaultValueFactory = static _ => DefaultSeed,
        HelpName = "N",
    };

    /// <summary>Creates an option whose value has a special format.</summary>
    /// <param name="name">The name.</param>
    /// <param name="description">The purpose.</param>
    /// <param name="kind">The kind of the value, for the message about another one.</param>
    /// <param name="example">A value, for that message.</param>
    public static Option<T?> Parsed<T>(string name, string description, string kind, string example)
        where T : struct, IParsable<T> => new(name)
        {
            Description = description,
            HelpName = "ADDRESS",
            CustomParser = result =>
            {
                if (T.TryParse(result.Tokens[0].Value, null, out T value))
                    return value;
                result.AddError($"'{result.Tokens[0].Value}' is not {kind}. An example is {example}.");
                return null;
            },
        };

    private static Argument<string?> Trace()
    {
        Argument<string?> trace = new("trace")
        {
            Description = "The file that receives a trace of the run, for https://ui.perfetto.dev.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "FILE",
        };

        // A misspelt option must not become a file.
        trace.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] } token])
                result.AddError($"Unrecognized command or argument '{token.Value}'.");
        });
        return trace;
    }

    private static int WithTrace(string? file, Action<Stream?> play)
    {
        if (file is null)
        {
            play(null);
            Console.Error.WriteLine("Name a file, as in \"-- run.trace.json\", to save a trace of the run.");
            return 0;
        }

        if (!TryCreate(file, out FileStream? trace))
            return CannotWrite;

        using (trace)
            play(trace);
        Console.Error.WriteLine($"Open {file} at https://ui.perfetto.dev: it shows each party's work in virtual time.");
        return 0;
    }

    private static bool TryCreate(string file, [NotNullWhen(true)] out FileStream? created)
    {
        try
        {
            created = File.Create(file);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Console.Error.WriteLine($"The file '{file}' cannot be written: {refused.Message} Name another one.");
            created = null;
            return false;
        }
    }
}
