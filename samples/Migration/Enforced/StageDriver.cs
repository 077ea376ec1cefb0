using IoAsid.Typed;

namespace Migration.Enforced;

/// <summary>The driver during the migration: allocations are in sets, and lookups are unchanged.</summary>
public static class StageDriver
{
    /// <summary>Sends the requests of the plain driver.</summary>
    public static void Play(TextWriter output)
    {
        using Pasids pasids = new();
        PasidTable table = new(pasids.Space);
        PageRequests requests = new(pasids, table);
        GuestBinds guests = new(pasids);
        VirtualCommands commands = new(table);
        Completions completions = new();
        IoAsidHandle<NativeSvaBinding> editor = pasids.Processes.Allocate(new NativeSvaBinding("the editor"));
        IoAsidHandle<GuestSvaBinding> vm1 = pasids.Vm1.Allocate(new GuestSvaBinding("vm-1"));
        IoAsidHandle<AuxiliaryDomain> domain = pasids.Aux.Allocate(new AuxiliaryDomain("mediated device"));
        IoAsidBinding device = editor.Bind("00:01.0");
        IoAsidBinding queue = domain.Bind("queue 3");

        Script.Report(output, "page request of the editor", () => requests.Serve(Descriptors.Of(editor.Id, 0x1000)));
        Script.Report(output, "page request of vm-1", () => requests.Serve(Descriptors.Of(vm1.Id, 0x2000)));
        Script.Report(output, "page request of an auxiliary domain", () => requests.Serve(Descriptors.Of(domain.Id, 0x3000)));
        Script.Report(output, "what is the auxiliary domain's?", () => requests.Describe(domain.Id));
        Script.Report(output, "vm-1 binds its own PASID", () => guests.Bind("vm-1", vm1.Id));
        Script.Report(output, "vm-2 binds vm-1's PASID", () => guests.Bind("vm-2", vm1.Id));

        // A queue of the device still uses the domain's PASID.
        Script.Report(output, "free a PASID that a device uses", () => commands.Free(domain));
        queue.Complete(new DeviceDrain().Drain(queue));

        // The editor exits, but a request of its device is still outstanding. The binding keeps the number until the drain.
        ulong late = Descriptors.Of(editor.Id, 0x4000);
#pragma warning disable IOASID2005 // A process can exit before its device is stopped.
        editor.Free();
#pragma warning restore IOASID2005
        IoAsidHandle<NativeSvaBinding> browser = pasids.Processes.Allocate(new NativeSvaBinding("the browser"));
        Script.Report(output, "late page request of the editor", () => requests.Serve(late));
        device.Complete(new DeviceDrain().Drain(device));
        Script.Report(output, "second release of the editor", () => editor.Free() == IoAsidFreeResult.AlreadyFreed ? "nothing to release" : "released");
        Script.Report(output, "page request of the browser", () => requests.Serve(Descriptors.Of(browser.Id, 0x5000)));

        completions.OnCompleted(Completions.Begin(new Transfer("copy")));
        Script.Report(output, "completion of a transfer", () => completions.Log[0]);
    }
}
