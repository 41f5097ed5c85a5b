// Several of these tests time a process's end, and each has processes enough for the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
