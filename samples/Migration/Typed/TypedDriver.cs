using IoAsid.Typed;

namespace Migration.Typed;

/// <summary>The driver after the migration: nothing untyped is left.</summary>
public static class TypedDriver
{
    /// <summary>Plays the requests of the plain driver.</summary>
    public static void Play(TextWriter output)
    {
        using IoAsidSpace space = new();
        IoAsidSet<Binding> bindings = space.CreateSet<Binding>("bindings");
        IoAsidSet<ProcessBinding> processes = bindings.CreateSubset<ProcessBinding>("processes");
        IoAsidSet<GuestBinding> firstMachine = bindings.CreateSubset<GuestBinding>("vm-1", owner: "vm-1");
        IoAsidSet<GuestBinding> secondMachine = bindings.CreateSubset<GuestBinding>("vm-2", owner: "vm-2");
        IoAsidSet<Domain> domains = space.CreateSet<Domain>("domains");
        PageRequests requests = new(bindings);
        IoAsidHandle<ProcessBinding> editor = processes.Allocate(new ProcessBinding("the editor"));
        IoAsidHandle<GuestBinding> vm1 = firstMachine.Allocate(new GuestBinding("vm-1"));
        IoAsidHandle<Domain> domain = domains.Allocate(new Domain("mediated device"));
        IoAsidBinding device = editor.Bind("00:01.0");

        Report("page request of the editor", requests.Serve(PageRequests.Descriptor(editor.Id, 0x1000)));
        Report("page request of vm-1", requests.Serve(PageRequests.Descriptor(vm1.Id, 0x2000)));
        Report("page request of an auxiliary domain", requests.Serve(PageRequests.Descriptor(domain.Id, 0x3000)));
        Report("vm-1 binds its own PASID", new Guests("vm-1", firstMachine).Bind(vm1.Id));
        Report("vm-2 binds vm-1's PASID", new Guests("vm-2", secondMachine).Bind(vm1.Id));

        // The editor exits, but its device still has a request on the way. The binding keeps the number until the drain.
        ulong late = PageRequests.Descriptor(editor.Id, 0x4000);
#pragma warning disable IOASID2005 // A process can exit before its device is stopped.
        editor.Free();
#pragma warning restore IOASID2005
        IoAsidHandle<ProcessBinding> browser = processes.Allocate(new ProcessBinding("the browser"));
        Report("late page request of the editor", requests.Serve(late));
        device.Complete(new DeviceDrain().Drain(device));
        Report("second release of the editor", editor.Free() == IoAsidFreeResult.AlreadyFreed ? "nothing to release" : "released");
        Report("page request of the browser", requests.Serve(PageRequests.Descriptor(browser.Id, 0x5000)));

        Completions completions = new(space.CreateSet<Transfer>("transfers"));
        completions.OnCompleted(completions.Begin(new Transfer("copy")));
        Report("completion of a transfer", completions.Log[0]);

        void Report(string request, string answer) => output.WriteLine($"   {request,-38} {answer}");
    }
}
