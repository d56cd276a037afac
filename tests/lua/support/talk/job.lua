return function(task) return { got = task.args, tries = task.tries } end
