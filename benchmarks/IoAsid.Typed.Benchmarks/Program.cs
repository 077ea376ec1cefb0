using IoAsid.Typed.Benchmarks.CommandLine;

return await BenchmarkCommands.Create().Parse(args).InvokeAsync();
