namespace Migration.Plain;

/// <summary>The driver before the migration: it does not use the library.</summary>
public static class PlainDriver
{
    /// <summary>Sends the requests that the driver was made for, and others.</summary>
    public static void Play(TextWriter output)
    {
        PasidTable table = new();
        PageRequests requests = new(table);
        GuestBinds guests = new(table);
        Processes processes = new(table);
        VirtualCommands commands = new(table);
        Completions completions = new();
        uint editor = processes.Open("the editor");
        uint vm1 = table.Register(new GuestSvaBinding("vm-1"));
        uint domain = commands.Allocate(new AuxiliaryDomain("mediated device"));

        Report("page request of the editor", () => requests.Serve(PageRequests.Descriptor(editor, 0x1000)));
        Report("page request of vm-1", () => requests.Serve(PageRequests.Descriptor(vm1, 0x2000)));
        Report("page request of an auxiliary domain", () => requests.Serve(PageRequests.Descriptor(domain, 0x3000)));
        Report("what is the auxiliary domain's?", () => requests.Describe(domain));
        Report("vm-1 binds its own PASID", () => guests.Bind("vm-1", vm1));
        Report("vm-2 binds vm-1's PASID", () => guests.Bind("vm-2", vm1));

        // A queue of the device still uses the domain's PASID.
        Report("free a PASID that a device uses", () => commands.Free(domain));

        // The editor exits, but a request of its device is still outstanding.
        ulong late = PageRequests.Descriptor(editor, 0x4000);
        processes.Close("the editor");
        uint browser = processes.Open("the browser");
        Report("late page request of the editor", () => requests.Serve(late));
        Report("second release of the editor", () => table.Unregister(editor) ? "released" : "nothing to release");
        Report("page request of the browser", () => requests.Serve(PageRequests.Descriptor(browser, 0x5000)));

        completions.OnCompleted(Completions.Begin(new Transfer("copy")));
        Report("completion of a transfer", () => completions.Log[0]);

        void Report(string request, Func<string> answer) => output.WriteLine($"   {request,-40} {Outcome(answer)}");
    }

    private static string Outcome(Func<string> answer)
    {
        try
        {
            return answer();
        }
        catch (InvalidCastException)
        {
            return "InvalidCastException";
        }
    }
}
