using IoAsid.Typed.Linux.Guest;

[assembly: IoAsid.Typed.HardwareBoundary]

if (args is ["child", ..])
{
    Child.Run(args[1], int.Parse(args[2]));
    return 0;
}

Dictionary<string, Action> parts = new()
{
    ["edu"] = EduChecks.Run,
    ["mock"] = MockChecks.Run,
    ["pasid"] = PasidChecks.Run,
    ["faults"] = FaultInjection.Run,
    ["processes"] = ProcessChecks.Run,
    ["removal"] = RemovalChecks.Run,
    ["speed"] = Speed.Run,
};
foreach (string part in args)
{
    Console.WriteLine($"== {part}");
    try
    {
        parts[part]();
    }
    catch (Exception exception)
    {
        Checks.That(holds: false, $"{part}: {exception}");
    }
}

Console.WriteLine($"{Checks.Passed} passed, {Checks.Failed} failed");
return Checks.Failed == 0 ? 0 : 1;
