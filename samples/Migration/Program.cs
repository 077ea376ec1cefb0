namespace Migration;

public static class Program
{
    public static void Main() => Play(Console.Out);

    /// <summary>Plays the same requests on the driver in each stage.</summary>
    public static void Play(TextWriter output)
    {
        Play(output, "Transitional: as it was, each lookup in every set", pasids =>
        {
            Transitional.PasidTable table = new(pasids.Space);
            Transitional.PageRequests requests = new(pasids, table);
            Transitional.GuestBinds guests = new(pasids);
            return new Driver(requests.Serve, requests.Describe, guests.Bind, new Transitional.VirtualCommands(table).Free);
        });
        Play(output, "Enforced: what FixAll could repair is repaired", pasids =>
        {
            Enforced.PasidTable table = new(pasids.Space);
            Enforced.PageRequests requests = new(pasids, table);
            Enforced.GuestBinds guests = new(pasids);
            return new Driver(requests.Serve, requests.Describe, guests.Bind, new Enforced.VirtualCommands(table).Free);
        });
        Play(output, "Converged: the table is gone", pasids =>
        {
            Converged.PageRequests requests = new(pasids.Sva);
            Converged.GuestBinds guests = new("vm-2", pasids.Vm2);
            return new Driver(requests.Serve, requests.Describe, (_, pasid) => guests.Bind(pasid), Converged.VirtualCommands.Free);
        });
        Play(output, "Plain", Plain.PlainDriver.Play);
        Play(output, "Typed", Typed.TypedDriver.Play);
    }

    private static void Play(TextWriter output, string stage, Func<Pasids, Driver> driverFor)
    {
        using Pasids pasids = new();
        Driver driver = driverFor(pasids);
        output.WriteLine($"== {stage} ==");
        Tell("page request for the editor's PASID", () => driver.Serve(pasids.OfEditor.Id));
        Tell("page request for an auxiliary domain's", () => driver.Serve(pasids.OfAux.Id));
        Tell("what is the auxiliary domain's?", () => driver.Describe(pasids.OfAux.Id));
        Tell("vm-2 binds vm-1's PASID", () => driver.Bind("vm-2", pasids.OfVm1.Id));
        using (pasids.Aux.Hold(pasids.OfAux.Id))
            Tell("free a PASID that somebody holds", () => driver.Free(pasids.OfAux));

        output.WriteLine();

        void Tell(string what, Func<string> happened) => output.WriteLine($"   {what,-40} {Outcome(happened)}");
    }

    private static void Play(TextWriter output, string title, Action<TextWriter> driver)
    {
        output.WriteLine($"== {title} ==");
        driver(output);
        output.WriteLine();
    }

    private static string Outcome(Func<string> happened)
    {
        try
        {
            return happened();
        }
        catch (InvalidCastException)
        {
            return "InvalidCastException";
        }
    }
}
